cwlVersion: v1.2
class: CommandLineTool
doc: A staged file is changed in place, and the input is not.
requirements:
  InitialWorkDirRequirement:
    listing:
      - {entry: $(inputs.data), writable: true}
baseCommand: sh
arguments: [-c, 'echo more >> $(inputs.data.basename)']
inputs: {data: File}
outputs:
  changed: {type: File, outputBinding: {glob: $(inputs.data.basename)}}
