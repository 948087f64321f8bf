"""Pages for whoever builds the site; there in development alone."""
