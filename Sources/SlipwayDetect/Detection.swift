// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

/// From a source tree to the complete wish: the one entry of this target.
public enum Detection {
    /// Pure: equal trees give equal specs. Never fails; what is doubtful becomes a diagnostic of the spec.
    public static func detect(_ tree: SourceTree) -> AppSpec {
        let repository = Repository(tree)
        let detectors = DetectorCatalog.all
        var resolver = Resolver(treeName: tree.name, isLibrary: repository.isLibrary, detectors: detectors)
        let evidence = tree.shared(detectors.count) { detectors[$0].detect(in: repository) }
        for (detector, found) in zip(detectors, evidence) { resolver.add(found, from: detector) }
        var spec = resolver.resolve()
        // A name that only Compose interpolates is nobody's: it stands in the contract's report, not in the wish.
        spec.variables = EnvironmentContract.read(tree: tree, services: spec.services)
            .filter { !$0.services.isEmpty || $0.origins.contains { !isComposeOnly($0) } }
        DatabaseFileVariables.name(in: &spec)
        PythonAddressVariables(repository).note(in: &spec)
        PrefixedAddresses.name(in: &spec)
        PythonDrivers(repository).name(in: &spec)
        ModeVariables(tree).note(in: &spec)
        GoDatabaseAddresses(tree).note(in: &spec)
        DjangoDatabaseParts(repository).note(in: &spec)
        DjangoProduction.note(in: &spec, repository)
        OwnVariableFiles(repository).note(in: &spec)
        FixedAddresses(repository).note(in: &spec)
        MissingPackages(repository).add(to: &spec)
        UnlistedPackages.note(in: &spec, tree)
        return spec
    }

    private static func isComposeOnly(_ origin: String) -> Bool {
        ShellReader.isCompose((origin.split(separator: ":").first.map(String.init) ?? origin).lastPathComponent)
    }

    /// As ``detect(_:)``, with a person's wishes in the place of what was found.
    /// - Throws: ``SlipwayError`` `bad-configuration`.
    public static func detect(
        _ tree: SourceTree, configuration: Configuration, environment: String? = nil
    ) throws -> AppSpec {
        try configuration.applied(to: detect(tree), environment: environment)
    }
}
