cwlVersion: v1.2
$graph:
- class: CommandLineTool
  id: say
  baseCommand: echo
  inputs:
    what: {type: string, inputBinding: {}}
  outputs: {said: stdout}
- class: Workflow
  id: main
  label: Say it
  doc: ['Says it, twice.']
  inputs:
    what: {type: string, default: hello}
  outputs:
    said: {type: File, outputSource: second/said}
  steps:
    first: {run: '#say', in: {what: what}, out: [said]}
    second:
      run: '#say'
      in:
        after: first/said
        what: what
      out: [said]
