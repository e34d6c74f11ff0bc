cwlVersion: v1.2
class: Workflow
doc: A workflow as a step, scattered; what it gives goes on to a tool.
requirements: {SubworkflowFeatureRequirement: {}, ScatterFeatureRequirement: {}, StepInputExpressionRequirement: {}, InlineJavascriptRequirement: {}}
inputs: {words: 'string[]'}
outputs: {joined: {type: string, outputSource: join/pair}}
steps:
  inner:
    scatter: word
    run:
      class: Workflow
      requirements: {StepInputExpressionRequirement: {}, InlineJavascriptRequirement: {}}
      inputs: {word: string}
      outputs: {twice: {type: string, outputSource: twice/pair}}
      steps:
        once: {run: pair.cwl, in: {left: word, right: {default: '1'}}, out: [pair]}
        twice: {run: pair.cwl, in: {left: once/pair, right: {default: '2'}}, out: [pair]}
    in: {word: words}
    out: [twice]
  join:
    run: pair.cwl
    in:
      left: {source: inner/twice, valueFrom: $(self.join("+"))}
      right: {default: end}
    out: [pair]
