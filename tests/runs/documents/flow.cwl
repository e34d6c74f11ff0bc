cwlVersion: v1.2
$graph:
  - id: main
    class: Workflow
    label: Words and their number
    requirements:
      ScatterFeatureRequirement: {}
      SubworkflowFeatureRequirement: {}
      InlineJavascriptRequirement: {}
    inputs:
      words: string[]
      extra: {type: boolean, default: false}
    steps:
      # written before what it waits for, to see that the order of steps respects the links
      join:
        run: "#join"
        in: {files: say/said}
        out: [joined]
      say:
        label: Say each word
        run: "#say"
        scatter: word
        in: {word: words}
        out: [said]
      maybe:
        run: "#say"
        when: $(inputs.wanted)
        in: {word: {default: extra}, wanted: extra}
        out: [said]
      inner:
        run: "#inner"
        scatter: word
        in: {word: words}
        out: [said]
      count:
        run: "#count"
        in: {files: inner/said}
        out: [number]
    outputs:
      joined: {type: File, outputSource: join/joined}
      said: {type: "File[]", outputSource: say/said}
      number: {type: int, outputSource: count/number}
      maybe: {type: "File?", outputSource: maybe/said}
  - id: inner
    class: Workflow
    inputs: {word: string}
    steps:
      deep: {run: "#say", in: {word: word}, out: [said]}
    outputs:
      said: {type: File, outputSource: deep/said}
  - id: say
    class: CommandLineTool
    hints: {DockerRequirement: {dockerPull: "docker.io/ellip/busybox:1"}}
    baseCommand: [sh, -c]
    arguments: ['echo "saying $0"; echo "to err $0" >&2; echo $0 > said.txt', $(inputs.word)]
    inputs: {word: string}
    outputs: {said: {type: File, outputBinding: {glob: said.txt}}}
  - id: join
    class: CommandLineTool
    hints: {DockerRequirement: {dockerPull: "docker.io/ellip/busybox:1"}}
    baseCommand: cat
    stdout: joined.txt
    inputs: {files: {type: "File[]", inputBinding: {position: 1}}}
    outputs: {joined: stdout}
  - id: count
    class: ExpressionTool
    requirements: {InlineJavascriptRequirement: {}}
    inputs: {files: "File[]"}
    outputs: {number: int}
    expression: '${ return {"number": inputs.files.length}; }'
