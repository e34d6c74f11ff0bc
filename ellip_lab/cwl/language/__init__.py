"""What an editor is told of a text: one module a verb, each with `answer(request) -> reply`, called by the worker."""


def warm() -> None:
    """Looks at small documents, so that a process that forks for each request has made what is made at first use."""
    from ellip_lab.cwl.language import (
        actions,
        complete,
        definition,
        diagnose,
        format,  # noqa: A004 - the verb's name
        hover,
        outline,
        references,
    )

    diagnose.warm()
    text = "cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: ls\ninputs: {}\noutputs: {}\n"
    place = {"path": "/warm.cwl", "text": text, "line": 3, "column": 1, "end_line": 3, "end_column": 1}
    for verb in (actions, complete, definition, format, hover, outline, references):
        verb.answer(dict(place))
