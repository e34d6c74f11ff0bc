cwlVersion: v1.2
class: CommandLineTool
doc: Two words, as a value.
requirements: {InlineJavascriptRequirement: {}}
baseCommand: [echo, -n]
inputs:
  left: {type: string, inputBinding: {position: 1}}
  right: {type: string, inputBinding: {position: 2}}
stdout: pair.txt
outputs:
  pair:
    type: string
    outputBinding: {glob: pair.txt, loadContents: true, outputEval: '$(self[0].contents)'}
