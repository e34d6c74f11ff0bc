cwlVersion: v1.2
class: CommandLineTool
hints:
  DockerRequirement: {dockerPull: "docker.io/ellip/busybox:1"}
# a block of 200 MB, filled and held for a second and a half
baseCommand: [sh, -c, "(cat /dev/zero | head -c 1000 ; sleep 1.5) | dd of=/dev/null ibs=200M count=2 iflag=fullblock"]
inputs: []
outputs: []
