"""What an editor is told of a text: one module a verb, each with `answer(request) -> reply`, called by the worker."""
