cwlVersion: v1.2
class: CommandLineTool
doc: Files are put into the working folder - one written, one staged under another name, a folder.
requirements:
  InlineJavascriptRequirement: {}
  InitialWorkDirRequirement:
    listing:
      - entryname: config.ini
        entry: |
          [run]
          name = $(inputs.name)
      - entryname: input/renamed.txt
        entry: $(inputs.data)
      - entryname: made.json
        entry: '$({"name": inputs.name, "numbers": [1, 2]})'
baseCommand: [cat, config.ini, input/renamed.txt, made.json]
inputs:
  name: string
  data: File
stdout: all.txt
outputs:
  all: {type: stdout}
