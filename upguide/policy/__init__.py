"""The ground floor: what is promised, as data. Nothing here imports anything else of ours."""
