// Mounts Helsenorge's renderer on a Questionnaire; what is submitted is left where the test finds it.
import Refero, { store } from '@helsenorge/refero';
import { createRoot } from 'react-dom/client';
import { Provider } from 'react-redux';

window.show = questionnaire =>
  createRoot(document.getElementById('root')).render(
    <Provider store={store()}>
      <Refero
        questionnaire={questionnaire}
        onSubmit={response => { window.submitted = response; }}
        onChange={() => {}}
        authorized={true}
        resources={{ formSend: 'Fullfør', formCancel: 'Avbryt', ikkeBesvart: 'Ikke besvart' }}
        loginButton={<button>Logg inn</button>}
        language="nb-NO"
      />
    </Provider>
  );
