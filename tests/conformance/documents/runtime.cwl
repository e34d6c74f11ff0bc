cwlVersion: v1.2
class: CommandLineTool
doc: What a tool asks of the machine it is told as runtime.
requirements:
  InlineJavascriptRequirement: {}
  ResourceRequirement: {coresMin: 1, coresMax: 1, ramMin: $(inputs.mb)}
baseCommand: [echo, -n]
arguments: [$(runtime.cores), $(runtime.ram)]
inputs: {mb: int}
stdout: line.txt
outputs:
  line: {type: string, outputBinding: {glob: line.txt, loadContents: true, outputEval: '$(self[0].contents)'}}
