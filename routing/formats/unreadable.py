"""A file that is not in the format it is said to be in."""


class UnreadableFile(ValueError):  # noqa: N818 - named as the clerk says it
    """`line` counts from one; 0 stands for the file as a whole."""

    def __init__(self, detail: str, *, line: int = 0) -> None:
        self.detail, self.line = detail, line
        super().__init__(f"line {line}: {detail}" if line else detail)
