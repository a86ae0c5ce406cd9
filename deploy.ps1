<#
.SYNOPSIS
    Deploy the shop to the cluster that kubectl points to, or build its image.

.DESCRIPTION
    The same as scripts/deploy, for PowerShell 5.1 and newer.

.EXAMPLE
    .\deploy.ps1 development apply
    Deploys to the development cluster.

.EXAMPLE
    .\deploy.ps1 production apply -Tag v1.0.0
    Deploys version v1.0.0 to production, after a question.

.EXAMPLE
    .\deploy.ps1 production status
    Shows what runs.

.EXAMPLE
    .\deploy.ps1 -Action build
    Builds the image.

.EXAMPLE
    .\deploy.ps1 production apply -WhatIf
    Prints the commands and runs none.

.PARAMETER Environment
    Which overlay of k8s/overlays: development or production. Not needed to build or push.

.PARAMETER Action
    apply, diff, status (the default), logs, rollback; build and push need no environment.

.PARAMETER Image
    Name of the image.

.PARAMETER Tag
    Tag of the image: for build and push `latest`, for apply and diff what the overlay says. To deploy, it may have a
    digest: v1.2.3@sha256:…

.PARAMETER Force
    Don't ask before production is changed.
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [Parameter(Position = 0)]
    [ValidateSet('development', 'production')]
    [string] $Environment,

    [Parameter(Position = 1)]
    [ValidateSet('apply', 'diff', 'status', 'logs', 'rollback', 'build', 'push')]
    [string] $Action = 'status',

    [string] $Image = 'ghcr.io/your-org/ecommerce',

    [ValidatePattern('^([A-Za-z0-9_][A-Za-z0-9._-]*(@sha256:[0-9a-f]+)?)?$')]
    [string] $Tag,

    [switch] $Force
)

$ErrorActionPreference = 'Stop'
$namespace = 'ecommerce'
$folder = "k8s/overlays/$Environment"
$copy = $null

function Stop-WithMessage([string] $Message, [int] $Code = 1) {
    [Console]::Error.WriteLine($Message)
    exit $Code
}

function Assert-Program([string] $Program) {
    if (-not (Get-Command $Program -ErrorAction SilentlyContinue)) {
        Stop-WithMessage "$Program is missing: install it first."
    }
}

function Invoke-Program([string] $Program, [string[]] $Arguments, [int[]] $Accepted = @(0), [string] $Advice = '') {
    if ($WhatIfPreference) {
        Write-Output "$Program $($Arguments -join ' ')"
        return
    }
    Assert-Program $Program
    & $Program @Arguments
    if ($Accepted -notcontains $LASTEXITCODE) {
        Stop-WithMessage ("$Program failed with exit code $LASTEXITCODE. $Advice".TrimEnd()) $LASTEXITCODE
    }
}

# The overlay with another image, in a copy that is removed at the end.
function Copy-Overlay {
    $folder = New-Item -ItemType Directory -Path (Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid()))
    Copy-Item -Path k8s -Destination $folder -Recurse
    $file = Join-Path $folder "k8s/overlays/$Environment/kustomization.yaml"
    $lines = (Get-Content $file) -notmatch '^ *digest:'
    $lines -replace '^( *)newTag:.*', "`$1newName: $Image`n`$1newTag: `"$Tag`"" | Set-Content $file
    return $folder
}

function Confirm-Production {
    if ($Environment -ne 'production' -or $WhatIfPreference) {
        return
    }
    Assert-Program kubectl
    $expected = 'production'
    # What a checkout without a tag would deploy may be older than what runs: then its release is what has to be typed.
    if ($Action -eq 'apply' -and -not $Tag) {
        $overlay = [string] ((Get-Content "$folder/kustomization.yaml") -match '^ *newTag:' -replace '^ *newTag: *')
        $running = [string] (& kubectl get deployment ecommerce-web -n $namespace --ignore-not-found -o 'jsonpath={.spec.template.spec.containers[0].image}')
        if ($LASTEXITCODE -ne 0) {
            Stop-WithMessage 'kubectl cannot read which release the cluster runs; the reason stands above.'
        }
        $running = $running -replace '@.*' -replace '^.*:'
        if ($running -and $running -cne $overlay) {
            if ($Force) {
                Stop-WithMessage "The cluster runs $running, this checkout is $overlay. -Tag $overlay deploys it nevertheless."
            }
            Write-Output "The cluster runs $running, this checkout is $overlay."
            $expected = $overlay
        }
    }
    if ($Force) {
        return
    }
    $context = & kubectl config current-context
    if ($LASTEXITCODE -ne 0) {
        Stop-WithMessage "kubectl points to no cluster: choose one with 'kubectl config use-context'."
    }
    $answer = Read-Host "$Action in production, cluster $context. Type $expected to go on"
    if ($answer -cne $expected) {
        Stop-WithMessage 'Nothing was changed.'
    }
}

function Wait-Rollout {
    foreach ($name in @('web', 'celery-worker', 'celery-beat')) {
        Invoke-Program kubectl @('rollout', 'status', "deployment/ecommerce-$name", '-n', $namespace, '--timeout=15m') `
            -Advice "ecommerce-$name does not become ready; the pods that are served go on. What new ones wait for: kubectl describe pods -n $namespace"
    }
}

if ($Action -notin @('build', 'push')) {
    if (-not $Environment) {
        Stop-WithMessage "$Action needs an environment: development or production." 2
    }
    if (-not (Test-Path (Join-Path $PSScriptRoot $folder))) {
        Stop-WithMessage "$folder is missing: this is no whole checkout."
    }
    if (-not $Tag -and $PSBoundParameters.ContainsKey('Image')) {
        Stop-WithMessage "Image $Image needs a Tag beside it: without, the overlay's image is deployed." 2
    }
    if ($Image -match ':[^/]*$') {
        Stop-WithMessage "Image $Image`: to deploy, name the image without its tag, which is Tag's." 2
    }
}

Push-Location -Path $PSScriptRoot
try {
    if ($Tag -and $Action -in @('apply', 'diff') -and -not $WhatIfPreference) {
        $copy = Copy-Overlay
        $folder = Join-Path $copy "k8s/overlays/$Environment"
    }
    if (-not $Tag -and $Action -in @('build', 'push')) {
        $Tag = 'latest'
    }
    switch ($Action) {
        'apply' {
            Confirm-Production
            Invoke-Program kubectl @('apply', '-k', $folder)
            Wait-Rollout
        }
        'diff' {
            # 1 says that there are differences, more that it failed.
            Invoke-Program kubectl @('diff', '-k', $folder) -Accepted @(0, 1)
        }
        'status' {
            Invoke-Program kubectl @('get', 'deployments,statefulsets,jobs,cronjobs,pods,hpa,ingress', '-n', $namespace)
        }
        'logs' {
            Invoke-Program kubectl @('logs', '-f', '-l', 'app.kubernetes.io/name=ecommerce', '-n', $namespace, '--prefix', '--max-log-requests=50')
        }
        'rollback' {
            Confirm-Production
            foreach ($name in @('web', 'celery-worker', 'celery-beat')) {
                Invoke-Program kubectl @('rollout', 'undo', "deployment/ecommerce-$name", '-n', $namespace)
            }
            Wait-Rollout
        }
        'build' {
            Invoke-Program docker @('build', '-t', "${Image}:$Tag", '.')
        }
        'push' {
            Invoke-Program docker @('buildx', 'build', '--platform', 'linux/amd64,linux/arm64', '-t', "${Image}:$Tag", '--push', '.')
        }
    }
}
finally {
    if ($copy) {
        Remove-Item -Path $copy -Recurse -Force
    }
    Pop-Location
}
