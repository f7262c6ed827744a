// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What Symfony makes of assets without Node: the AssetMapper's files below the document root, and those that bundles
/// bring (symfony.com/doc/current/frontend/asset_mapper.html, Serving Assets in prod). Composer's scripts, which do it on a
/// developer's machine, need PHP's extensions and the code, and so run in neither Composer's stage nor its installation.
struct SymfonyAssets {
    let input: ImageInput

    /// In the stage that has the extensions, after the code is there.
    func build(in stage: inout DockerStage) {
        guard input.has("bin/console"), let manifest = input.text("composer.json") else { return }
        var commands: [String] = []
        if manifest.contains("assets:install") { commands.append("assets:install") }
        if manifest.contains("\"symfony/asset-mapper\"") {
            if input.has("importmap.php") { commands.append("importmap:install") }
            if manifest.contains("\"symfonycasts/sass-bundle\"") { commands.append("sass:build") }
            if manifest.contains("\"symfonycasts/tailwind-bundle\"") { commands.append("tailwind:build --minify") }
            commands.append("asset-map:compile")
        }
        guard !commands.isEmpty else { return }
        let command = commands.map { "php bin/console \($0) --no-interaction" }.joined(separator: " && ")
        stage.comment("What browsers load; the cache of this run belongs to another user and goes again.")
        // Without a container of the services nothing is asked, but their addresses must be there.
        stage.run(["export APP_ENV=prod APP_DEBUG=0 && \(input.withPlaceholders(command))", "rm -rf var/cache"])
    }
}
