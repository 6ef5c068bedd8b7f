"""Why a picture was not taken, in a sentence that a teacher can act on."""


class PictureRefused(ValueError):  # noqa: N818 - it is an answer to a teacher, not a fault of ours
    """`code` names the reason for programs; the text of the exception is the sentence for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
