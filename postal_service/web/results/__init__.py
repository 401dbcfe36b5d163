"""Results: the agency puts them into envelopes for the post, or gives them over the desk."""
