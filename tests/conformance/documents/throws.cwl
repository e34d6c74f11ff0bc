cwlVersion: v1.2
class: ExpressionTool
doc: An expression that throws.
requirements: {InlineJavascriptRequirement: {}}
inputs: {word: string}
outputs: {word: string}
expression: '${ throw new Error("no " + inputs.word); }'
