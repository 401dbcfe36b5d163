"""Who receives a result in its owner's place: named, replaced, taken back."""
