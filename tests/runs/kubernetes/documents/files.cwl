cwlVersion: v1.2
class: CommandLineTool
doc: Reads a file, what lies beside it, and a folder; writes a folder.
requirements:
  DockerRequirement: {dockerPull: "docker.io/ellip/busybox:1"}
  ResourceRequirement: {coresMin: 0.05, ramMin: 32}
baseCommand: [sh, -c]
arguments: ['mkdir all; cat $1 $1.idx > all/scene; cp -r $2/. all/; echo $3 > all/word', sh, $(inputs.scene.path), $(inputs.folder.path), $(inputs.word)]
inputs:
  scene: {type: File, secondaryFiles: [.idx]}
  folder: Directory
  word: {type: string, default: none}
outputs:
  all: {type: Directory, outputBinding: {glob: all}}
