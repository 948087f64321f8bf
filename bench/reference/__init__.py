"""Reference page R: what a bare Flask page with Jinja2 and Flask-Babel costs here, without a database."""
