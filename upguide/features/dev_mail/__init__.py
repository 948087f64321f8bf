"""The messages of a development run, which has no mail server to hand them to."""
