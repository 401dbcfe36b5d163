"""A citizen brings to a counter what the agency asked for afterwards: those papers and no others."""
