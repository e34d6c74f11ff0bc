cwlVersion: v1.2
class: CommandLineTool
requirements:
  DockerRequirement: {dockerPull: "docker.io/ellip/busybox:1"}
  ResourceRequirement: {coresMin: 0.05, ramMin: 32}
baseCommand: [sh, -c]
arguments: ['i=0; while [ $i -lt $0 ]; do echo "tick $i"; i=`expr $i + 1`; sleep 0.5; done; echo fine > fine.txt', $(inputs.ticks)]
inputs: {ticks: int}
outputs: {fine: {type: File, outputBinding: {glob: fine.txt}}}
