cwlVersion: v1.2
$graph:
- class: Workflow
  id: one
  inputs: {}
  outputs: {}
  steps: []
- class: Workflow
  id: two
  inputs: {x: string}
  outputs: {}
  steps: []
