"""The manager's rounds: proposed as a job, changed by hand, published with a check list, loaded, watched on a map."""
