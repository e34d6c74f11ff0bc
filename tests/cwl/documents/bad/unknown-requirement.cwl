cwlVersion: v1.2
class: CommandLineTool
requirements: {DockerReq: {dockerPull: x}}
hints: {FooHint: {a: 1}}
inputs: {}
outputs: {}
