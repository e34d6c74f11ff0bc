cwlVersion: v1.2
class: CommandLineTool
baseCommand: cat
stdout: copy.txt
inputs:
  file: {type: File, inputBinding: {position: 1}}
outputs:
  copy: stdout
