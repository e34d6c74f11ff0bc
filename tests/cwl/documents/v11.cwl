cwlVersion: v1.1
class: CommandLineTool
id: count
label: Count lines
hints:
  DockerRequirement: {dockerImageId: local/count}
requirements:
  NetworkAccess: {networkAccess: false}
baseCommand: [wc, -l]
inputs:
  text:
    type: stdin
  table:
    type: File?
    secondaryFiles:
      - pattern: .idx
        required: false
outputs:
  lines: {type: stdout}
