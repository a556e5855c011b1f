namespace RfDetr.Checkpoints;

/// <summary>Licences of the published weights, whatever file they come in.</summary>
public static class Licences
{
    /// <summary>Licence of a published variant's weights; null for shapes of one's own.</summary>
    public static WeightsLicense? Of(string? variant) => HostedWeights.All.FirstOrDefault(f => f.Variant == variant)?.License;

    /// <summary>A licence by its identifier; null if it is none we know.</summary>
    public static WeightsLicense? Named(string? id) => HostedWeights.All.FirstOrDefault(f => f.License.Id == id)?.License;

    /// <summary>Lets a licence pass that needs no acceptance or has it.</summary>
    /// <param name="licence">Null for weights of one's own.</param>
    /// <param name="model">What the message calls the weights.</param>
    /// <param name="accepted">The user's word.</param>
    /// <exception cref="LicenseNotAcceptedException">The licence asks for acceptance and the caller did not give it.</exception>
    public static void Require(WeightsLicense? licence, string model, bool accepted)
    {
        if (licence is { MustBeAccepted: true } && !accepted)
            throw new LicenseNotAcceptedException(model, licence);
    }
}
