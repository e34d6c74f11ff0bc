cwlVersion: v1.2
class: CommandLineTool
id: shell
requirements:
  DockerRequirement: {dockerPull: "docker.io/ellip/busybox:1"}
  NetworkAccess: {networkAccess: $(inputs.network)}
  InlineJavascriptRequirement: {}
baseCommand: [sh, -c]
inputs:
  command: {type: string, inputBinding: {position: 1}}
  network: {type: boolean, default: false}
outputs:
  out: {type: "File[]", outputBinding: {glob: "*.txt"}}
