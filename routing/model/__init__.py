"""The OR-Tools routing model of a whole problem; the only part of the library that imports it."""

from routing.model.searching import MODEL_ENGINE, ModelEngine

__all__ = ["MODEL_ENGINE", "ModelEngine"]
