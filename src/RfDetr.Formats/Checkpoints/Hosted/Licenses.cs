namespace RfDetr.Checkpoints;

/// <summary>Licenses of the published weights, whatever file they come in.</summary>
public static class Licenses
{
    /// <summary>License of the models that come with the library.</summary>
    public const string BuiltIn = "Apache-2.0";

    /// <summary>License of a published variant's weights; null for shapes of one's own.</summary>
    public static WeightsLicense? Of(string? variant) => HostedWeights.All.FirstOrDefault(f => f.Variant == variant)?.License;

    /// <summary>A license by its identifier; null if it is none we know.</summary>
    public static WeightsLicense? Named(string? id) => HostedWeights.All.FirstOrDefault(f => f.License.Id == id)?.License;

    /// <summary>Lets a license pass that needs no acceptance or has it.</summary>
    /// <param name="license">Null for weights of one's own.</param>
    /// <param name="model">Name of the weights in messages.</param>
    /// <param name="accepted">The user's word.</param>
    /// <exception cref="LicenseNotAcceptedException">The license asks for acceptance and the caller did not give it.</exception>
    public static void Require(WeightsLicense? license, string model, bool accepted)
    {
        if (license is { MustBeAccepted: true } && !accepted)
            throw new LicenseNotAcceptedException(model, license);
    }
}
