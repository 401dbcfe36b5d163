"""Route quality side by side: this library, PyVRP, VROOM and OR-Tools alone, on public instances."""
