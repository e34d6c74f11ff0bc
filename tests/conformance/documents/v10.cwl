cwlVersion: v1.0
$graph:
- class: CommandLineTool
  id: upper
  baseCommand: [tr, a-z, A-Z]
  inputs: {words: File}
  stdin: $(inputs.words.path)
  stdout: upper.txt
  outputs: {upper: stdout}
- class: Workflow
  id: main
  inputs: {words: File}
  outputs: {upper: {type: File, outputSource: step/upper}}
  steps:
    step: {run: '#upper', in: {words: words}, out: [upper]}
