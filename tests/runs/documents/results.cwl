cwlVersion: v1.2
class: CommandLineTool
doc: Writes a file with one beside it, a folder, an array and a catalogue of two Items.
requirements:
  InitialWorkDirRequirement:
    listing: [$(inputs.writer)]
baseCommand: [sh]
arguments: [$(inputs.writer.basename), $(runtime.outdir)]
inputs:
  writer: File
outputs:
  report:
    type: File
    secondaryFiles: [.aux]
    outputBinding: {glob: report.txt}
  logs:
    type: File[]
    outputBinding: {glob: "*.log"}
  tables:
    type: Directory
    outputBinding: {glob: tables}
  catalog:
    type: Directory
    outputBinding: {glob: catalog}
