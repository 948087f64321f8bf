"""The demo world: invented people for development. Nobody in it exists."""
