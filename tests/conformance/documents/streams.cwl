cwlVersion: v1.2
class: CommandLineTool
doc: Standard input by its shortcut, output and error into files with names.
baseCommand: sh
arguments: [-c, 'tr a-z A-Z; echo told >&2']
inputs: {words: stdin}
stdout: upper.txt
stderr: told.txt
outputs:
  upper: stdout
  told: stderr
