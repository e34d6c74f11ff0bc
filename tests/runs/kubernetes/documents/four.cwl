cwlVersion: v1.2
$graph:
  - id: four
    class: Workflow
    requirements: {ScatterFeatureRequirement: {}}
    inputs: {texts: "File[]", seconds: {type: string, default: "0"}}
    steps:
      shout:
        run: "#shout"
        scatter: text
        in: {text: texts, seconds: seconds}
        out: [loud]
      join:
        run: "#join"
        in: {files: shout/loud}
        out: [joined]
    outputs:
      loud: {type: "File[]", outputSource: shout/loud}
      joined: {type: File, outputSource: join/joined}
  - id: shout
    class: CommandLineTool
    requirements:
      DockerRequirement: {dockerPull: "docker.io/ellip/busybox:1"}
      ResourceRequirement: {coresMin: 0.1, ramMin: 64}
    baseCommand: [sh, -c]
    arguments: ['echo "begin $1"; sleep $2; tr a-z A-Z < $1 > $3; echo "end"', sh, $(inputs.text.path), $(inputs.seconds), "$(inputs.text.nameroot).loud"]
    inputs: {text: File, seconds: string}
    outputs: {loud: {type: File, outputBinding: {glob: "*.loud"}}}
  - id: join
    class: CommandLineTool
    requirements:
      DockerRequirement: {dockerPull: "docker.io/ellip/busybox:1"}
      ResourceRequirement: {coresMin: 0.1, ramMin: 64}
    baseCommand: cat
    stdout: joined.txt
    inputs: {files: {type: "File[]", inputBinding: {position: 1}}}
    outputs: {joined: stdout}
