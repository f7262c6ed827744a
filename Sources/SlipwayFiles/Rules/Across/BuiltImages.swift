// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Images that a pipeline or another Compose file of the repository makes, by their names.
struct BuiltImages {
    /// The last component of the image's name.
    let name: String
    let dockerfile: String
    let context: String

    /// The Dockerfile behind an image of a registry, when exactly one of the repository makes an image of that name.
    static func dockerfile(of image: String, in repository: CheckedRepository) -> BuiltImages? {
        guard repository.isWhole, image.contains("/"), KnownImage.of(image) == nil else { return nil }
        let name = ImageName(image).name
        let found = all(in: repository).filter { $0.name == name }
        return Set(found.map(\.dockerfile)).count == 1 ? found.first : nil
    }

    private static func all(in repository: CheckedRepository) -> [BuiltImages] {
        var found: [BuiltImages] = []
        for file in repository.composeFiles {
            for service in file.services {
                guard let image = service.image?.text, let build = service.build, build.target == nil,
                    let context = file.resolve(build.context), let dockerfile = file.dockerfile(of: service)
                else { continue }
                found.append(
                    BuiltImages(name: ImageName(image).name, dockerfile: dockerfile.location, context: context))
            }
        }
        for file in repository.workflows {
            let shared = values(file.root?["env"])
            for job in file.jobs {
                let own = shared.merging(values(job.node["env"])) { $1 }
                for step in job.steps {
                    guard let build = step.imageBuild, step.input("target") == nil,
                        repository.tree.contains(build.dockerfile)
                    else { continue }
                    for tag in tags(of: step, in: job, own) {
                        found.append(BuiltImages(name: tag, dockerfile: build.dockerfile, context: build.context))
                    }
                }
            }
        }
        return found
    }

    private static func values(_ node: DataNode?) -> [String: String] {
        Dictionary((node?.mapping?.entries ?? []).compactMap { entry in entry.value.text.map { (entry.key, $0) } }) {
            $1
        }
    }

    /// Names of the images that the step pushes, without their paths and tags.
    private static func tags(
        of step: WorkflowStep, in job: WorkflowJob, _ values: [String: String]
    ) -> Set<String> {
        var text = step.input("tags")?.text ?? ""
        // What docker/metadata-action puts together begins with the images it is told.
        if text.contains("steps.") {
            let meta = job.steps.filter { $0.action == "docker/metadata-action" }
            for one in meta where one.id.map({ text.contains("steps.\($0).") }) == true {
                text += "\n" + (one.input("images")?.text ?? "")
            }
        }
        var names: Set<String> = []
        for line in text.split(whereSeparator: { $0.isNewline || $0 == "," }) {
            var word = GoPath.trimSpace(String(line))
            for (name, value) in values {
                for form in ["${{ env.\(name) }}", "${{env.\(name)}}"] {
                    if let range = TextSearch.range(of: form, in: word[...]) {
                        word.replaceSubrange(range, with: value)
                    }
                }
            }
            let name = ImageName(WorkflowExpressions.neutral(word)).name
            if !name.isEmpty, !name.contains("EXPRESSION"), !name.contains("="), !name.contains(" ") {
                names.insert(name)
            }
        }
        return names
    }
}
