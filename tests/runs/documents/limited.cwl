cwlVersion: v1.2
class: CommandLineTool
requirements:
  DockerRequirement: {dockerPull: "docker.io/ellip/busybox:1"}
  ResourceRequirement: {ramMin: 8, ramMax: 64}
# 200 MB of strings, 5 MB at a time: as tools grow, slow enough to be seen growing
baseCommand: [busybox, awk]
arguments: ['BEGIN { s = sprintf("%100000s", " "); for (i = 0; i < 2000; i++) { a[i] = s i; if (i % 50 == 49) system("sleep 0.1") } }']
inputs: []
outputs: []
