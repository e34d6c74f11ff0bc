cwlVersion: v1.2
class: CommandLineTool
doc: An exit code that counts as success, and is told.
requirements: {InlineJavascriptRequirement: {}, ShellCommandRequirement: {}}
successCodes: [0, 3]
arguments: [{valueFrom: 'exit $(inputs.code)', shellQuote: false}]
inputs: {code: int}
outputs: {code: {type: int, outputBinding: {outputEval: $(runtime.exitCode)}}}
