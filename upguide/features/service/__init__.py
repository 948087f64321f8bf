"""What machines ask: theme stylesheets, icons, and whether the service lives."""
