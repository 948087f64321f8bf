"""The privacy statement and the list of cookies."""
