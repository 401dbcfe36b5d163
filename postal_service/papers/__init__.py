"""What was recorded, as a paper says it: for whoever prints it, an office's page or a courier's phone."""
