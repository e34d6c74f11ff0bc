cwlVersion: v1.2
class: CommandLineTool
doc: Every way an array is put on the command line, a flag, and the order of positions.
requirements: {InlineJavascriptRequirement: {}}
baseCommand: [echo, -n]
arguments:
  - {position: 0, valueFrom: first}
  - {position: 9, valueFrom: last, prefix: --end}
inputs:
  joined: {type: 'int[]', inputBinding: {position: 1, prefix: -j, itemSeparator: ','}}
  tight: {type: 'string[]', inputBinding: {position: 2, prefix: --t=, separate: false, itemSeparator: ';'}}
  each: {type: {type: array, items: string, inputBinding: {prefix: -e}}, inputBinding: {position: 3}}
  plain: {type: 'float[]', inputBinding: {position: 4, prefix: -p}}
  flag: {type: boolean, inputBinding: {position: 5, prefix: --flag}}
  off: {type: boolean, default: false, inputBinding: {position: 5, prefix: --off}}
stdout: line.txt
outputs:
  line: {type: string, outputBinding: {glob: line.txt, loadContents: true, outputEval: '$(self[0].contents)'}}
