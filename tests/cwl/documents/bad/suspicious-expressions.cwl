cwlVersion: v1.2
class: CommandLineTool
requirements: {InlineJavascriptRequirement: {}}
baseCommand: echo
arguments: ["$(inputs.x.split(','))", "${ return 1 +; }", "$(foo.bar)", "$(inputs.x.map(y => y+1))"]
inputs: {x: {type: string, inputBinding: {}}}
outputs: {o: stdout}
