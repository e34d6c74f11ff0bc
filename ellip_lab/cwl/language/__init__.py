"""What an editor is told of a text: one module a verb, each with `answer(request) -> reply`, called by the worker."""


def warm() -> None:
    """Looks at small documents, so that a process that forks for each request has made what is made at first use."""
    from ellip_lab.cwl.language import diagnose

    diagnose.warm()
