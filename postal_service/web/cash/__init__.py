"""The end of a shift: a cashier counts what couriers and clerks have taken, and takes it over."""
