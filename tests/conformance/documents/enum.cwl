cwlVersion: v1.2
class: CommandLineTool
doc: A type defined once and used by name; an enum on the command line.
requirements:
  InlineJavascriptRequirement: {}
  SchemaDefRequirement:
    types:
      - {name: Band, type: enum, symbols: [green, red, nir]}
baseCommand: [echo, -n]
inputs:
  bands:
    type: {type: array, items: '#Band', inputBinding: {prefix: -b}}
    inputBinding: {position: 1}
  only: {type: '#Band?', inputBinding: {position: 2, prefix: --only}}
stdout: line.txt
outputs:
  line: {type: string, outputBinding: {glob: line.txt, loadContents: true, outputEval: '$(self[0].contents)'}}
