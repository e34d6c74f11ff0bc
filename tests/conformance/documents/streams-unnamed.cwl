cwlVersion: v1.2
class: CommandLineTool
doc: Standard input by expression, standard output without a name.
baseCommand: [wc, -c]
inputs: {words: File}
stdin: $(inputs.words.path)
outputs: {count: stdout}
