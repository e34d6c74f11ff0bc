cwlVersion: v1.2
class: Operation
inputs: []
outputs: []
