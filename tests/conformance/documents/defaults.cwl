cwlVersion: v1.2
class: Workflow
doc: A default of the workflow, of the step and of the tool; null takes the default, a value replaces it.
inputs:
  left: {type: string, default: workflow}
outputs:
  one: {type: string, outputSource: first/pair}
  two: {type: string, outputSource: second/pair}
steps:
  first: {run: pair.cwl, in: {left: left, right: {default: step}}, out: [pair]}
  second:
    run:
      class: CommandLineTool
      requirements: {InlineJavascriptRequirement: {}}
      baseCommand: [echo, -n]
      inputs:
        left: {type: string, default: tool, inputBinding: {}}
        file: {type: File, default: {class: File, location: data/words.txt}, loadContents: true}
      arguments: ['$(inputs.file.contents.split("\n")[0])']
      stdout: x
      outputs: {pair: {type: string, outputBinding: {glob: x, loadContents: true, outputEval: '$(self[0].contents)'}}}
    in: {}
    out: [pair]
